import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { search } from '../views/find/search.ts';
import { Icon } from '../ui/icon.tsx';

/** The one field for everything that one may have in hand: a user's id, a message id, a hash, a deletion id. `/` leads to it. */
export function SearchBox(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        void search(input.current?.value ?? '');
      }}
    >
      <label class="visually-hidden" for="search">
        Find a user or a message id
      </label>
      <Icon name="search" />
      <input
        ref={input}
        id="search"
        type="search"
        name="term"
        placeholder="Find a user or a message id"
        autocomplete="off"
        spellcheck={false}
        aria-keyshortcuts="/"
      />
      <kbd aria-hidden="true">/</kbd>
      <button type="submit" class="primary">
        Find
      </button>
    </form>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
