/** The body of a POST, parsed once for all that look at it. */
export class RequestBody {
  constructor(
    /** The bytes after decompression: what signatures and size limits are about. */
    readonly raw: Buffer,
    /** Own keys only, never trusted to have a shape. */
    readonly json: unknown,
  ) {}
}
