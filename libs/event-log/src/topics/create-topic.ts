import { SettingsRefusedError } from '../errors.ts';
import type { ClusterAdmin } from './cluster-admin.ts';
import type { TopicConfig, TopicSpec } from './topic-specs.ts';

/** A setting that the cluster does not let us make, and in its own words why. */
export interface RefusedSetting {
  readonly topic: string;
  readonly setting: TopicConfig;
  readonly reason: string;
}

/** What came of a topic that was missing. */
export interface CreatedTopic {
  /** False where another process was first, which is as good. */
  readonly isCreated: boolean;
  readonly refused: readonly RefusedSetting[];
}

/**
 * Creates a topic with as many of its settings as the cluster takes: whoever runs it may forbid some. Whether the topic is then as a promise needs it, its
 * description says: the cluster's own value may do.
 *
 * @throws SettingsRefusedError if it is refused with no setting of ours at all
 */
export async function createTopic(admin: ClusterAdmin, spec: TopicSpec): Promise<CreatedTopic> {
  try {
    return { isCreated: await admin.createTopic(spec), refused: [] };
  } catch (error) {
    if (!(error instanceof SettingsRefusedError)) throw error;
  }
  const { taken, refused } = await sortSettings(admin, spec);
  return { isCreated: await admin.createTopic({ ...spec, config: taken }), refused };
}

/** Asks for one setting after the other whether the cluster takes it beside those before; nothing is created. */
async function sortSettings(
  admin: ClusterAdmin,
  spec: TopicSpec,
): Promise<{ readonly taken: readonly TopicConfig[]; readonly refused: readonly RefusedSetting[] }> {
  const { topic, config } = spec;
  const refusalOf = async (tried: readonly TopicConfig[]): Promise<string | undefined> => {
    try {
      await admin.validateTopic({ ...spec, config: tried });
      return undefined;
    } catch (error) {
      if (error instanceof SettingsRefusedError) return error.reason;
      throw error;
    }
  };
  // A cluster may want a setting rather than forbid it: begun with all that promises rest on, and with nothing only where that is refused.
  const promises = config.filter(({ promise }) => promise !== undefined);
  let taken: readonly TopicConfig[] = promises;
  if ((await refusalOf(promises)) !== undefined) {
    taken = [];
    const reason = await refusalOf(taken);
    if (reason !== undefined) throw new SettingsRefusedError(topic, reason);
  }
  const refused: RefusedSetting[] = [];
  for (const setting of config.filter((entry) => !taken.includes(entry))) {
    const reason = await refusalOf([...taken, setting]);
    if (reason === undefined) taken = [...taken, setting];
    else refused.push({ topic, setting, reason });
  }
  return { taken, refused };
}
