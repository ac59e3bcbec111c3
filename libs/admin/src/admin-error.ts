import { HttpException, type HttpStatus } from '@nestjs/common';

/** An error of a valid token's request. Its message and its faults are for the holder of the token, and have no value of a cache. */
export class AdminError extends HttpException {
  constructor(
    status: HttpStatus.BAD_REQUEST | HttpStatus.NOT_FOUND,
    message: string,
    /** Every fault of the request. `path` leads to the value, and is empty for the whole request. */
    readonly faults: readonly { readonly path: readonly (string | number)[]; readonly message: string }[] = [],
  ) {
    super({ statusCode: status, message, faults }, status);
  }
}
