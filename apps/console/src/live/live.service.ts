import { Injectable } from '@nestjs/common';
import { BehaviorSubject, type Observable } from 'rxjs';
import { rightMissingIn, whatToCheck, type DescribedMember } from '#event-log';
import { errorFields, type Logger } from '#observability';
import { askForwarder, unownedProblem } from '#operations';
import type { ForwarderOverview, History, IndexOverview, Overview, SourceOverview } from '../api/index.ts';
import type { ClusterFacts, ClusterWatch } from './cluster-facts.ts';
import type { AskedMember, KnownBesides, SourceWatch } from './source-watch.ts';

const LOOK_EVERY_MS = 1_000;
/** So long after the last answer of Kafka the console says that it is not ready. */
const STALE_AFTER_MS = 10_000;

export interface LiveOptions {
  readonly cluster: Pick<ClusterWatch, 'look' | 'close'>;
  /** By source. */
  readonly watches: ReadonlyMap<string, SourceWatch>;
  /** The source of each events topic. */
  readonly sourceOf: (topic: string) => string | undefined;
  readonly besides: (source: string) => KnownBesides;
  readonly index: () => IndexOverview;
  readonly log: Logger;
}

const NOTHING_YET: Overview = {
  at: new Date(0).toISOString(),
  sources: [],
  forwarders: [],
  index: { caughtUp: false, behind: 0, outcomes: 0, bytes: 0 },
  problems: ['the console has just started and has not looked yet'],
};

/** Looks at Kafka and the forwarders once a second, keeps what it saw for the charts, and tells whoever listens. */
@Injectable()
export class LiveService {
  private readonly subject = new BehaviorSubject<Overview>(NOTHING_YET);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private sawKafkaAt = -Infinity;
  /** Why Kafka did not tell, when it did not. */
  private trouble = 'Kafka has not been asked yet';
  private lastFacts: ClusterFacts | undefined;

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    this.subject.complete();
    await this.options.cluster.close();
  }

  get overview(): Overview {
    return this.subject.value;
  }

  get overviews(): Observable<Overview> {
    return this.subject;
  }

  get history(): History {
    return { stepSeconds: LOOK_EVERY_MS / 1_000, sources: [...this.options.watches.values()].map((watch) => watch.columns) };
  }

  /** Where the log of an events partition begins; undefined if that is not known. */
  logStart(source: string, partition: number): number | undefined {
    return this.lastFacts?.topics.get(source)?.bounds.find((bounds) => bounds.partition === partition)?.start;
  }

  /** Whether what is shown is of now. */
  private get seesKafka(): boolean {
    return performance.now() - this.sawKafkaAt < STALE_AFTER_MS;
  }

  /** Why what is shown is not of now; undefined if it is. */
  get blindness(): string | undefined {
    return this.seesKafka ? undefined : this.trouble;
  }

  /** A look that takes longer than a second is not overtaken by the next. */
  private look(): void {
    this.looking ??= this.lookOnce()
      .catch((error: unknown) => this.options.log.error('look_failed', errorFields(error)))
      .finally(() => (this.looking = undefined));
  }

  private async lookOnce(): Promise<void> {
    const problems: string[] = [];
    const facts = await this.factsOfNow(problems);
    const members = await Promise.all(
      (facts?.members ?? []).map(async (member) => ({ member, asked: await askForwarder(member.url) })),
    );
    if (facts !== undefined && members.length === 0)
      problems.push('no forwarder is in the consumer group: start one, or check FORWARDER_GROUP_ID and TOPIC_PREFIX');
    for (const { member, asked } of members)
      if (asked.kind === 'silent') problems.push(`forwarder ${member.name}: ${asked.trouble}`);
    const [wallMs, monotonicMs] = [Date.now(), performance.now()];
    const sources = [...this.options.watches].flatMap(([source, watch]) => {
      const topic = facts?.topics.get(source);
      if (topic === undefined) return [];
      return [watch.take({ facts: topic, members, besides: this.options.besides(source), wallMs, monotonicMs })];
    });
    if (members.length > 0) problems.push(...sources.flatMap(unownedOf));
    this.subject.next({
      at: new Date(wallMs).toISOString(),
      sources,
      forwarders: members.map((one) => this.forwarderOf(one)),
      index: this.options.index(),
      problems,
    });
  }

  /** What Kafka says, or the last that it said. */
  private async factsOfNow(problems: string[]): Promise<ClusterFacts | undefined> {
    try {
      this.lastFacts = await this.options.cluster.look();
      this.sawKafkaAt = performance.now();
    } catch (error) {
      const lacking = rightMissingIn(error);
      this.trouble = lacking?.message ?? 'Kafka does not answer: check KAFKA_BROKERS and that the broker runs';
      problems.push(`what is shown of the log is old: ${this.trouble}`);
      if (lacking !== undefined) this.options.log.warn('right_missing', { reasons: lacking.lines });
      else this.options.log.warn('kafka_does_not_answer', { ...whatToCheck(error), ...errorFields(error) });
    }
    return this.lastFacts;
  }

  private forwarderOf({ member, asked }: AskedMember): ForwarderOverview {
    const { name, host, url = null } = member;
    const answer = asked.kind === 'answered' ? asked.answer : undefined;
    return {
      name,
      url,
      host,
      answers: answer !== undefined,
      ...(asked.kind === 'silent' && { trouble: asked.trouble }),
      ready: answer?.ready ?? null,
      reasons: [...(answer?.reasons ?? []), ...(answer?.notices ?? [])],
      partitions: this.partitionsOf(member),
    };
  }

  private partitionsOf({ partitions }: DescribedMember): ForwarderOverview['partitions'] {
    const bySource = new Map<string, number[]>();
    for (const { topic, partition } of partitions) {
      const source = this.options.sourceOf(topic);
      if (source !== undefined) bySource.set(source, [...(bySource.get(source) ?? []), partition]);
    }
    return [...bySource].map(([source, own]) => ({ source, partitions: own.sort((a, b) => a - b) }));
  }
}

/** One source's partitions that nobody delivers: the others' may be well (P6). */
function unownedOf({ source, partitions }: SourceOverview): string[] {
  const unowned = partitions.filter(({ owner }) => owner === null).map(({ partition }) => partition);
  const problem = unownedProblem(source, unowned);
  return problem === undefined ? [] : [problem];
}
