import { HttpException } from '@nestjs/common';

/** A request that is not carried out; the message says why and what to do, and holds nothing personal. */
export class Refusal extends HttpException {
  constructor(status: 400 | 401 | 403 | 404 | 409 | 429 | 503, message: string) {
    super({ message }, status);
    this.message = message;
  }
}
