/** The part of a Fastify reply that this application uses. */
export interface Reply {
  /** Precedes the paths of this server in an answer. */
  readonly publicPath: string;
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  send(body: string): unknown;
}
