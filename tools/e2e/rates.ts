/** What a checkout asks for. */
export const rates = {
  from: {
    name: 'Cartly',
    street1: '1 Market St',
    city: 'San Francisco',
    state: 'CA',
    postalCode: '94105',
    country: 'US',
  },
  to: {
    name: 'Ada Park',
    street1: '731 Valencia St',
    city: 'San Francisco',
    state: 'CA',
    postalCode: '94110',
    country: 'US',
  },
  parcels: [
    {
      length: { value: 20, unit: 'cm' },
      width: { value: 15, unit: 'cm' },
      height: { value: 10, unit: 'cm' },
      weight: { value: 1.2, unit: 'kg' },
    },
  ],
}
