import { Type, type Static } from 'typebox'

export const Address = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 200 })),
  company: Type.Optional(Type.String({ maxLength: 200 })),
  street1: Type.String({ minLength: 1, maxLength: 200 }),
  street2: Type.Optional(Type.String({ maxLength: 200 })),
  city: Type.String({ minLength: 1, maxLength: 100 }),
  state: Type.Optional(Type.String({ maxLength: 100, description: 'State, province or region' })),
  postalCode: Type.Optional(Type.String({ maxLength: 20 })),
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' }),
  phone: Type.Optional(Type.String({ maxLength: 50 })),
  email: Type.Optional(Type.String({ maxLength: 254 })),
  residential: Type.Optional(Type.Boolean()),
})
export type Address = Static<typeof Address>
