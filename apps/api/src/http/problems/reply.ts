/** What the replies of Fastify and the responses of Express have in common. */
export interface Reply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  send(body: string): unknown;
}
