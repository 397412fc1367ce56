export * from './other-site.ts';
export * from './own-name.ts';
