import { isLimited, noteQuota, withinQuota } from './fetch-quota.ts';

const MIB = 1024 ** 2;
const HELD_BACK = { clientSideThrottleTime: 800, responses: [] };
const ANSWERED = { clientSideThrottleTime: 0, responses: [{}] };

it('asks a broker for as much as is wanted, whatever another broker holds back', () => {
  noteQuota('busy:9092', MIB, HELD_BACK);
  noteQuota('free:9092', MIB, ANSWERED);
  expect(withinQuota('free:9092', MIB)).toBe(MIB);
  expect(isLimited('free:9092')).toBe(false);
});

it('asks for half of what a quota held back, until it gets something, and never for less than a broker would give', () => {
  noteQuota('slow:9092', MIB, HELD_BACK);
  expect(withinQuota('slow:9092', MIB)).toBe(MIB / 2);
  expect(withinQuota('slow:9092', 1_000)).toBe(1_000);
  noteQuota('slow:9092', MIB / 2, ANSWERED);
  expect(withinQuota('slow:9092', MIB)).toBe(MIB / 2);
  for (let times = 0; times < 20; times++) noteQuota('slow:9092', withinQuota('slow:9092', MIB), HELD_BACK);
  expect(withinQuota('slow:9092', MIB)).toBe(16_384);
});

it('takes an answer that came late for a quota, but came, for no reason to ask for less', () => {
  noteQuota('late:9092', MIB, { clientSideThrottleTime: 800, responses: [{}] });
  expect(isLimited('late:9092')).toBe(false);
});
