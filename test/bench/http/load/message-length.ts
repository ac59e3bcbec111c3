/**
 * Returns the length of the response that begins here, or `undefined` while its head is incomplete. Every response of a contender
 * has a `Content-Length`, or is a 304 without a body.
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
