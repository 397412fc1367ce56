import { describe, expect, it } from '@jest/globals';
import { SettingError, readSettings } from './settings.ts';

describe('the settings', () => {
  it('have defaults', () => {
    expect(readSettings({})).toEqual({
      host: '127.0.0.1',
      port: 3400,
      tokens: ['extole-simulator-token'],
      ledgerLimit: 2_000_000,
      bodyLimit: 200_000,
    });
  });

  it('take several tokens', () => {
    expect(readSettings({ SIMULATOR_TOKEN: 'one, two,' }).tokens).toEqual(['one', 'two']);
  });

  it('name a bad value and do not show it', () => {
    const read = () => readSettings({ EXTOLE_SIMULATOR_PORT: 'secret' });
    expect(read).toThrow(SettingError);
    expect(read).toThrow('EXTOLE_SIMULATOR_PORT must be a whole number from 0 to 65535');
  });
});
