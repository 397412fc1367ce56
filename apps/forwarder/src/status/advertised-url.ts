import { hostname } from 'node:os';
import { isLoopback, type ForwarderSettings } from '#config';

/** Where the console reaches this forwarder's admin port: as configured, or made of what it listens on. */
export function advertisedUrl({
  advertisedUrl: configured,
  adminHost,
  adminPort,
}: Pick<ForwarderSettings, 'advertisedUrl' | 'adminHost' | 'adminPort'>): string {
  if (configured !== undefined) return configured;
  return `http://${hostOf(adminHost)}:${adminPort}`;
}

function hostOf(adminHost: string): string {
  if (isLoopback(adminHost)) return '127.0.0.1';
  // On every interface: the name by which others find this machine or container.
  if (adminHost === '0.0.0.0' || adminHost === '::') return hostname();
  return adminHost.includes(':') ? `[${adminHost}]` : adminHost;
}
