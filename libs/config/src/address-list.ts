import { BlockList, isIP } from 'node:net';
import { parseList } from './units.ts';

/** Addresses and networks of a comma list (`10.0.0.7, 10.1.0.0/16, fd00::/8`); undefined if one of them is none, or there is none. */
export function parseAddressList(text: string): BlockList | undefined {
  const entries = parseList(text);
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0) return undefined;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else if (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128))
      list.addSubnet(address, Number(bits), family);
    else return undefined;
  }
  return entries.length === 0 ? undefined : list;
}

/** Whether the address of a connection is in the list. Sockets that listen to both kinds write an IPv4 address as `::ffff:10.0.0.7`. */
export function isInAddressList(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(plain);
  return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}
