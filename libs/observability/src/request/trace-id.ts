/** A version, a trace id, a parent id and flags. A version of the future may append more. */
const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})(?<traceId>[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?:-|$)/;

/** Returns the trace id of a `traceparent` header (W3C Trace Context §3.2); `undefined` if the header is absent or invalid. */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.groups?.['traceId'] : undefined;
}

/** Returns the trace and the span of a `traceparent` header whose trace is recorded (§3.2.2.5.1); `undefined` for any other. */
export function sampledSpanOf(
  traceparent: string | string[],
): { readonly traceId: string; readonly spanId: string } | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const { traceId, spanId, flags = '' } = TRACEPARENT.exec(traceparent)?.groups ?? {};
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
  return isSampled && traceId !== undefined && spanId !== undefined ? { traceId, spanId } : undefined;
}
