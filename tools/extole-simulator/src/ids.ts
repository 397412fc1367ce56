let last = 0;

/** A new id of 19 digits, the form of Extole's event, person and error ids. Unique within the process. */
export function nextId(): string {
  return `7${String(++last).padStart(18, '0')}`;
}
