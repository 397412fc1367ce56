/**
 * The text of the first element of a JSON array, exactly as it stands in `json`: what Segment signs of a batch. Undefined if the
 * array is empty, or the element does not end in `json`, which begins as a JSON array.
 */
export function firstElementText(json: string): string | undefined {
  const start = json.indexOf('[') + 1;
  let depth = 0;
  let isInString = false;
  for (let at = start; at < json.length; at++) {
    const character = json[at];
    if (isInString) {
      if (character === '\\') at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') {
      isInString = true;
    } else if (depth === 0 && (character === ',' || character === ']')) {
      const text = json.slice(start, at).trim();
      return text === '' ? undefined : text;
    } else if (character === '{' || character === '[') {
      depth++;
    } else if (character === '}' || character === ']') {
      depth--;
    }
  }
  return undefined;
}
