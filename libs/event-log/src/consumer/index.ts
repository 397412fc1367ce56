export * from './topic-partition.ts';
export * from './sticky-assignment.ts';
export * from './group-consumer.ts';
export type { MemberFacts } from './sticky-assigner.ts';
export { describeGroup, type DescribedMember } from './group-members.ts';
export { leaveGroup } from './leave-group.ts';
