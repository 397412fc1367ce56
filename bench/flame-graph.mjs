#!/usr/bin/env node
/**
 * Makes a flame graph of a CPU profile: `node bench/flame-graph.mjs profile.cpuprofile picture.svg [title]`. Callers above, callees below; as wide as the
 * share of the samples; what is narrower than half a percent is left out. Prints the functions that took most by themselves.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const WIDTH = 1200;
const ROW = 17;
const LEAST_SHARE = 0.005;
const COLORS = {
  ours: '#f2a65a',
  nest: '#d9c76b',
  kafkajs: '#7fb069',
  undici: '#6ba4d9',
  node: '#b7b7b7',
  engine: '#e0e0e0',
  other: '#cfa7d6',
};
const SKIPPED = new Set(['(idle)']);

const [profilePath, picturePath, title = profilePath] = process.argv.slice(2);
if (picturePath === undefined) {
  console.error('usage: node bench/flame-graph.mjs profile.cpuprofile picture.svg [title]');
  process.exit(2);
}
const profile = JSON.parse(readFileSync(profilePath, 'utf8'));
const { root, total } = treeOf(profile);
writeFileSync(picturePath, svgOf(root, total));
for (const line of selfTimes(profile, total)) console.log(line);

/** The profile as a tree with the samples of each node and of all below it; idle time is none of it. */
function treeOf({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, { ...node, own: 0 }]));
  samples.forEach((id, index) => (byId.get(id).own += Math.max(0, timeDeltas[index] ?? 0)));
  const build = (id) => {
    const { callFrame, children = [], own } = byId.get(id);
    if (SKIPPED.has(callFrame.functionName)) return { frame: callFrame, own: 0, total: 0, children: [] };
    const built = merged(children.map(build));
    return { frame: callFrame, own, total: own + built.reduce((sum, child) => sum + child.total, 0), children: built };
  };
  const root = build(nodes[0].id);
  return { root, total: root.total };
}

/** Nodes of one function at different lines of its caller are one. */
function merged(nodes) {
  const byFunction = new Map();
  for (const node of nodes) {
    const key = `${node.frame.functionName} ${node.frame.url}:${node.frame.lineNumber}`;
    const same = byFunction.get(key);
    if (same === undefined) byFunction.set(key, node);
    else
      byFunction.set(key, {
        ...same,
        own: same.own + node.own,
        total: same.total + node.total,
        children: merged([...same.children, ...node.children]),
      });
  }
  return [...byFunction.values()].sort((a, b) => b.total - a.total);
}

function svgOf(top, all) {
  const boxes = [];
  let depth = 0;
  const place = (node, x, row) => {
    const width = (node.total / all) * WIDTH;
    if (node.total / all < LEAST_SHARE) return;
    depth = Math.max(depth, row);
    boxes.push({ node, x, row, width });
    let at = x;
    for (const child of node.children) {
      place(child, at, row + 1);
      at += (child.total / all) * WIDTH;
    }
  };
  place(top, 0, 0);
  const height = (depth + 3) * ROW;
  const body = boxes.map(({ node, x, row, width }) => {
    const name = nameOf(node.frame);
    const share = `${((100 * node.total) / all).toFixed(1)} %`;
    const letters = Math.floor(width / 6.2);
    const label =
      letters > 3 ? `<text x="${(x + 2).toFixed(1)}" y="${(row + 2) * ROW - 5}">${escaped(name.slice(0, letters))}</text>` : '';
    return `<g><title>${escaped(name)} ${share}</title><rect x="${x.toFixed(1)}" y="${(row + 1) * ROW}" width="${Math.max(0.5, width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${COLORS[roomOf(node.frame)]}"/>${label}</g>`;
  });
  const legend = Object.entries(COLORS).map(
    ([room, color], index) =>
      `<rect x="${700 + index * 70}" y="2" width="10" height="10" fill="${color}"/><text x="${713 + index * 70}" y="12">${room}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="monospace" font-size="10"><rect width="100%" height="100%" fill="white"/><text x="2" y="12" font-size="12">${escaped(title)}</text>${legend.join('')}\n${body.join('\n')}\n</svg>\n`;
}

function selfTimes({ nodes, samples, timeDeltas }, all) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map();
  samples.forEach((id, index) => {
    const name = `${nameOf(byId.get(id))} [${roomOf(byId.get(id))}]`;
    own.set(name, (own.get(name) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  });
  return [...own]
    .filter(([name]) => !name.startsWith('(idle)'))
    .sort(([, a], [, b]) => b - a)
    .slice(0, 60)
    .map(([name, time]) => `${((100 * time) / all).toFixed(1).padStart(5)} %  ${name}`);
}

function nameOf({ functionName, url, lineNumber }) {
  const file = url.split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`;
}

function roomOf({ functionName, url }) {
  if (functionName.startsWith('(')) return 'engine';
  if (url.includes('/node_modules/kafkajs/')) return 'kafkajs';
  if (url.includes('/node_modules/undici/')) return 'undici';
  if (url.includes('/node_modules/@nestjs/')) return 'nest';
  if (url.includes('/node_modules/')) return 'other';
  if (url.startsWith('node:') || url === '') return 'node';
  return 'ours';
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
