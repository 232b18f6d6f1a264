import ipaddr from 'ipaddr.js'

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]

/**
 * The networks that are not the public internet, by what they are.
 * Source: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates), plus the addresses
 * where cloud platforms answer their own machines from public space.
 */
const RESERVED: Readonly<Record<string, readonly string[]>> = {
  'a loopback address': ['127.0.0.0/8', '::1/128'],
  'an unspecified address': ['0.0.0.0/8', '::/128'],
  'a private network address': ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'],
  'a link-local address': ['169.254.0.0/16', 'fe80::/10'],
  'a carrier-grade NAT address': ['100.64.0.0/10'],
  'a multicast or broadcast address': ['224.0.0.0/4', 'ff00::/8', '255.255.255.255/32'],
  'a documentation address': ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  'a benchmarking address': ['198.18.0.0/15', '2001:2::/48'],
  'an IPv4 address inside IPv6': [
    '::ffff:0:0/96', // mapped, RFC 4291
    '::ffff:0:0:0/96', // translated, RFC 2765
    '64:ff9b::/96', // NAT64, RFC 6052
    '64:ff9b:1::/48', // NAT64 for local use, RFC 8215
    '2002::/16', // 6to4, RFC 3056
    '2001::/32', // Teredo, RFC 4380
    '::/96', // compatible, RFC 4291
  ],
  'a cloud platform address': ['168.63.129.16/32'], // Azure's host; the other platforms use link-local and private ones
  'a reserved address': [
    '192.0.0.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.175.48.0/24',
    '240.0.0.0/4',
    '100::/64',
    '100:0:0:1::/64',
    '2001::/23',
    '2620:4f:8000::/48',
    '5f00::/16',
  ],
}

const ranges: Record<string, Network[]> = Object.fromEntries(
  Object.entries(RESERVED).map(([kind, networks]) => [
    kind,
    networks.map((network): Network => ipaddr.parseCIDR(network)),
  ]),
)

/** Only 2000::/3 has been given out as global unicast, so the rest of IPv6 is refused without being listed. */
const GLOBAL_UNICAST_V6 = ipaddr.IPv6.parseCIDR('2000::/3')

/** What kind of non-public address this is, ready for "… is ‹kind›"; `undefined` for a public one. */
export function reservedKind(address: ipaddr.IPv4 | ipaddr.IPv6): string | undefined {
  const fallback = address.kind() === 'ipv6' && !address.match(GLOBAL_UNICAST_V6) ? 'a reserved address' : ''
  return ipaddr.subnetMatch(address, ranges, fallback) || undefined
}
