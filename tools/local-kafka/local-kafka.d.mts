export declare const KAFKA_VERSION: string;

/** Broker properties that every Kafka of ours has, wherever it runs; a cluster changes some of them. */
export declare const BROKER_SETTINGS: Readonly<Record<string, string>>;

/** The folder with the broker's jars, fetched when it is not there yet. */
export declare function kafkaJars(log: (text: string) => void): Promise<string>;

export declare class LocalKafkaError extends Error {
  readonly code: string;
}

export interface LocalKafkaOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly log?: (text: string) => void;
  /** Default 512. */
  readonly heapMb?: number;
  /** Further broker properties. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further places on the loopback to listen at, by the listener's name; what belongs to it stands in `settings` (`listener.name.<name>.…`). */
  readonly listeners?: Readonly<
    Record<string, { readonly port: number; readonly protocol: 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL' }>
  >;
  /** Options of the broker's JVM, such as `-Dname=value`. */
  readonly javaOptions?: readonly string[];
  /** Options of `kafka-storage format`, such as `--add-scram`; of meaning to a new data directory. */
  readonly formatOptions?: readonly string[];
  /** Further folders or jars for a single broker: the classes that `settings` name. */
  readonly classPath?: readonly string[];
  /** Leaves the broker running when this process ends. Default false. */
  readonly outlive?: boolean;
  /** When it is aborted, the start is given up and leaves nothing running. */
  readonly signal?: AbortSignal;
}

export interface LocalKafka {
  /** What KAFKA_BROKERS takes. */
  readonly brokers: string;
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  readonly logPath: string;
  /** Settles when the broker's process has ended, for whatever reason. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Stops it cleanly and waits. */
  stop(): Promise<void>;
  /** Ends it as a power cut would (`kill -9`) and waits. */
  kill(): Promise<void>;
}

/** Starts a single-node Kafka on the loopback and returns once it answers; a second start on the same `dataDir` finds its records. */
export declare function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka>;

/** Stops the broker that serves `dataDir`. Returns its pid, or undefined when none runs. */
export declare function stopLocalKafka(options: {
  readonly dataDir: string;
  readonly log?: (text: string) => void;
}): Promise<number | undefined>;

/** What serves `dataDir` now, or undefined when nothing does. */
export declare function localKafkaStatus(options: {
  readonly dataDir: string;
}): Promise<{ readonly pid: number; readonly port: number; readonly answering: boolean } | undefined>;

/** One node of a cluster, broker and controller at once. */
export interface LocalKafkaNode {
  /** From 1. */
  readonly nodeId: number;
  /** `host:port`. */
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** The process that serves it; undefined when none does. */
  readonly pid: number | undefined;
  /** Settles when its process has ended; undefined when none runs. */
  readonly exited: LocalKafka['exited'] | undefined;
  /** Starts it on what it has on disk; resolves when it answers for a cluster that works, so not before a majority of the nodes runs. */
  start(signal?: AbortSignal): Promise<void>;
  /** Stops it cleanly and waits. */
  stop(): Promise<void>;
  /** Ends it as a power cut would (`kill -9`) and waits. */
  kill(): Promise<void>;
}

export interface LocalKafkaCluster {
  /** What KAFKA_BROKERS takes. */
  readonly brokers: string;
  readonly nodes: readonly LocalKafkaNode[];
  readonly dataDir: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface LocalKafkaClusterOptions extends Omit<
  LocalKafkaOptions,
  'port' | 'listeners' | 'classPath' | 'javaOptions' | 'formatOptions'
> {
  /** One for each node. */
  readonly ports: readonly number[];
  /** Of each node; default 256. */
  readonly heapMb?: number;
}

/** Starts a Kafka of several nodes, every record on each of them, and returns once all answer. */
export declare function startLocalKafkaCluster(options: LocalKafkaClusterOptions): Promise<LocalKafkaCluster>;
