import type { WishFault } from '#operations';

/** Why a wish makes no sense, in the words of the command line. */
export const WISH_FAULTS: Readonly<Record<WishFault, string>> = {
  'nothing-selected':
    'say what to replay: a range (--from-time, --from-offset, --partition …), a filter (--user, --event, --outcome …), or --all',
  'all-and-more': '--all goes with no range and no filter',
  'two-beginnings': '--from-offset and --from-time both say where to begin: choose one',
  'two-ends': '--to-offset and --to-time both say where to end: choose one',
  'ends-before-it-begins': '--from-time is not before --to-time',
  'outcome-needs-redeliver':
    'without --redeliver only gaps are filled (no outcome, or dead-lettered), so that any other --outcome would take nothing',
  'outcome-without-code': '--code goes with --outcome dead-lettered or rejected: no other has one',
};
