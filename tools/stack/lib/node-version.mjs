// Only old syntax in this file, and no import: an old Node must get as far as the message.

/** What to say about a Node of this version; undefined if it will do. */
export function nodeFault(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return [
    'Node 20.19 or newer is needed; this is ' + version + '.',
    '  Debian, Ubuntu: curl -fsSL https://deb.nodesource.com/setup_24.x | sudo -E bash - && sudo apt-get install -y nodejs',
    '  Fedora:         sudo dnf install -y nodejs',
    '  macOS:          brew install node',
  ].join('\n');
}

/** Ends the process where its Node is too old. */
export function requireNode() {
  const fault = nodeFault(process.versions.node);
  if (fault === undefined) return;
  console.error(fault);
  process.exit(1);
}
