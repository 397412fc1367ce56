/** A reason why the broker cannot start or stop that the person at the keyboard can do something about; the message says what. */
export class LocalKafkaError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'LocalKafkaError';
    this.code = code;
  }
}
