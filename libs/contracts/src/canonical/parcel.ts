import { Type, type Static } from 'typebox'

export const Weight = Type.Object({
  value: Type.Number({ exclusiveMinimum: 0 }),
  unit: Type.Union([Type.Literal('g'), Type.Literal('kg'), Type.Literal('oz'), Type.Literal('lb')]),
})
export type Weight = Static<typeof Weight>

export const Length = Type.Object({
  value: Type.Number({ exclusiveMinimum: 0 }),
  unit: Type.Union([Type.Literal('mm'), Type.Literal('cm'), Type.Literal('in')]),
})
export type Length = Static<typeof Length>

export const Parcel = Type.Object({ length: Length, width: Length, height: Length, weight: Weight })
export type Parcel = Static<typeof Parcel>
