/** A reason to stop that the person at the keyboard can do something about: its message is shown, without a stack trace. */
export class StackError extends Error {
  name = 'StackError';
}

/** The person at the keyboard, or whoever runs us, asked for the end. */
export class Interrupted extends Error {
  name = 'Interrupted';
}
