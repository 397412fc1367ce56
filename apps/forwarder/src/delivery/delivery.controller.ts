import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { PartitionOwnership } from '../ownership/partition-ownership.ts';
import {
  ASSIGNED,
  BEFORE_REBALANCE,
  MEMBERSHIP_CONFIRMED,
  PARTITION_FAILED,
  RECORDS,
  type AssignedMessage,
  type MembershipMessage,
  type PartitionFailedMessage,
  type RecordsMessage,
} from '../transport/patterns.ts';

/** What comes from the log, by event pattern. */
@Controller()
export class DeliveryController {
  constructor(private readonly ownership: PartitionOwnership) {}

  @EventPattern<string>(RECORDS)
  records(@Payload() { partition, read }: RecordsMessage): void {
    this.ownership.recordsArrived(partition, read);
  }

  @EventPattern<string>(BEFORE_REBALANCE)
  async beforeRebalance(): Promise<void> {
    await this.ownership.beforeRebalance();
  }

  @EventPattern<string>(ASSIGNED)
  assigned(@Payload() assignment: AssignedMessage): void {
    this.ownership.assigned(assignment);
  }

  @EventPattern<string>(PARTITION_FAILED)
  async partitionFailed(@Payload() { partition, failure }: PartitionFailedMessage): Promise<void> {
    await this.ownership.partitionFailed(partition, failure);
  }

  @EventPattern<string>(MEMBERSHIP_CONFIRMED)
  membershipConfirmed(@Payload() { sentAt }: MembershipMessage): void {
    this.ownership.membershipConfirmed(sentAt);
  }
}
