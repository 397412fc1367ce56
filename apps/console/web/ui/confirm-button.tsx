import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { announce } from './announcer.tsx';
import { Failure } from './failure.tsx';
import { Modal } from './modal.tsx';
import { useAttempt } from './use-attempt.ts';

export interface ConfirmButtonProps {
  readonly label: string;
  /** The dialog's heading: a question. */
  readonly title: string;
  /** What will happen, and fields that it needs. */
  readonly children: ComponentChildren;
  /** On the button that does it: a verb. */
  readonly confirm: string;
  readonly onConfirm: () => Promise<void>;
  /** What is said once it is done. */
  readonly done: string;
  readonly tone?: 'plain' | 'primary' | 'danger';
}

/** A button for what one does on purpose: it asks first, says how it went, and stays open with the reason if it did not go. */
export function ConfirmButton(props: ConfirmButtonProps): JSX.Element {
  const { label, title, children, confirm, onConfirm, done, tone = 'plain' } = props;
  const [isOpen, setOpen] = useState(false);
  const { attempt, isBusy, failure } = useAttempt();

  const act = (): Promise<void> =>
    attempt(async () => {
      await onConfirm();
      announce(done);
      setOpen(false);
    });

  return (
    <>
      <button type="button" class={tone} onClick={() => setOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <Modal title={title} onClose={() => setOpen(false)}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void act();
            }}
          >
            {children}
            <Failure text={failure} />
            <div class="buttons end">
              <button type="button" onClick={() => setOpen(false)}>
                Cancel
              </button>
              <button type="submit" class={tone === 'danger' ? 'danger' : 'primary'} disabled={isBusy}>
                {confirm}
              </button>
            </div>
          </form>
        </Modal>
      )}
    </>
  );
}
