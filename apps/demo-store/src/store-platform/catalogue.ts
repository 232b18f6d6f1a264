/** What the demo store sells: prices in cents, weights in grams. */
export const catalogue = [
  { title: 'Stoneware mug, blue', sku: 'MUG-BLU', price: 1800, grams: 340, tags: ['kitchen', 'ceramics'] },
  { title: 'Linen tea towel', sku: 'TOW-LIN', price: 1450, grams: 90, tags: ['kitchen', 'textiles'] },
  { title: 'Beeswax candle, pair', sku: 'CAN-BEE', price: 2200, grams: 260, tags: ['home'] },
  { title: 'Olive wood board', sku: 'BRD-OLI', price: 5400, grams: 1150, tags: ['kitchen', 'wood'] },
  { title: 'Wool throw, oatmeal', sku: 'THR-OAT', price: 11900, grams: 980, tags: ['home', 'textiles'] },
  { title: 'Cold brew bottle, 1 l', sku: 'BOT-CLD', price: 3200, grams: 620, tags: ['kitchen', 'glass'] },
  { title: 'Terracotta planter, 18 cm', sku: 'PLN-TER', price: 2700, grams: 1640, tags: ['garden', 'ceramics'] },
  { title: 'Pocket notebook, dotted', sku: 'NOT-DOT', price: 950, grams: 110, tags: ['paper'] },
  { title: 'Brass desk lamp', sku: 'LMP-BRS', price: 14900, grams: 2350, tags: ['home', 'lighting'] },
  { title: 'Canvas market bag', sku: 'BAG-CAN', price: 2600, grams: 280, tags: ['textiles'] },
  { title: 'Rosemary hand soap', sku: 'SOP-ROS', price: 1250, grams: 410, tags: ['bath'] },
  { title: 'Enamel pour-over set', sku: 'POR-ENA', price: 6800, grams: 1420, tags: ['kitchen', 'coffee'] },
] as const

/** Names and places of its customers. Nobody lives there. */
export const firstNames = [
  'Ada',
  'Ben',
  'Chioma',
  'Diego',
  'Elif',
  'Farah',
  'Gus',
  'Hana',
  'Ivo',
  'June',
  'Kofi',
  'Lena',
] as const
export const lastNames = [
  'Park',
  'Okafor',
  'Reyes',
  'Lindqvist',
  'Moreau',
  'Tanaka',
  'Abbott',
  'Novak',
  'Haddad',
  'Silva',
] as const
export const streets = [
  'Valencia St',
  'Elm St',
  'Harbor Ave',
  'Juniper Ln',
  'Mill Rd',
  'Prospect Ave',
  'Quarry St',
  'Union St',
] as const
export const places = [
  { city: 'San Francisco', state: 'CA', postalCode: '94110' },
  { city: 'Portland', state: 'OR', postalCode: '97214' },
  { city: 'Denver', state: 'CO', postalCode: '80205' },
  { city: 'Austin', state: 'TX', postalCode: '78704' },
  { city: 'Chicago', state: 'IL', postalCode: '60614' },
  { city: 'Atlanta', state: 'GA', postalCode: '30307' },
  { city: 'Brooklyn', state: 'NY', postalCode: '11215' },
  { city: 'Somerville', state: 'MA', postalCode: '02143' },
] as const
