/**
 * How long the response is that begins here, `undefined` where its head is not complete yet: what every contender answers has a
 * `Content-Length`, or no body because it is a 304.
 */
export function messageLength(received: Buffer): number | 'faulty' | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.toString('latin1', 0, headEnd).toLowerCase();
  const bodyAt = headEnd + 4;
  if (head.startsWith('http/1.1 304')) return bodyAt;
  const lengthAt = head.indexOf(LENGTH);
  if (!head.startsWith('http/1.1 200') || lengthAt < 0) return 'faulty';
  return bodyAt + Number.parseInt(head.slice(lengthAt + LENGTH.length), 10);
}

const LENGTH = '\r\ncontent-length:';
