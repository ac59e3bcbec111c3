/** A version, a trace id, a parent id and flags. A version of the future may append more. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})(?<traceId>[\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/;

/** Returns the trace id of a `traceparent` header (W3C Trace Context §3.2); `undefined` if the header is absent or invalid. */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.groups?.['traceId'] : undefined;
}
