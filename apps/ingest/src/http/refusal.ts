import { HttpException } from '@nestjs/common';

/** A request that a door does not take. The message tells the sender what to do, and holds no value of the request. */
export class Refusal extends HttpException {
  constructor(
    status: 400 | 401 | 403 | 404 | 413 | 415 | 501,
    override readonly message: string,
  ) {
    super(message, status);
  }
}
