/** A delivery service as both vendors name it, with the made-up price list of the sandbox. */
export interface Service {
  readonly carrier: 'USPS' | 'UPS' | 'FedEx'
  readonly name: string
  readonly shippoToken: string
  readonly easypostCarrier: string
  readonly easypostService: string
  /** Cents for the first pound in zone 1. */
  readonly base: number
  /** Cents for each further pound. */
  readonly perPound: number
  /** Cents for each further zone. */
  readonly perZone: number
  /** Days in zone 1, and how many zones add another day. */
  readonly days: number
  readonly zonesADay: number
}

export const services: readonly Service[] = [
  {
    carrier: 'USPS',
    name: 'Ground Advantage',
    shippoToken: 'usps_ground_advantage',
    easypostCarrier: 'USPS',
    easypostService: 'GroundAdvantage',
    base: 540,
    perPound: 85,
    perZone: 35,
    days: 2,
    zonesADay: 2,
  },
  {
    carrier: 'USPS',
    name: 'Priority Mail',
    shippoToken: 'usps_priority',
    easypostCarrier: 'USPS',
    easypostService: 'Priority',
    base: 812,
    perPound: 140,
    perZone: 60,
    days: 1,
    zonesADay: 3,
  },
  {
    carrier: 'USPS',
    name: 'Priority Mail Express',
    shippoToken: 'usps_priority_express',
    easypostCarrier: 'USPS',
    easypostService: 'Express',
    base: 2840,
    perPound: 310,
    perZone: 190,
    days: 1,
    zonesADay: 8,
  },
  {
    carrier: 'UPS',
    name: 'Ground',
    shippoToken: 'ups_ground',
    easypostCarrier: 'UPSDAP',
    easypostService: 'Ground',
    base: 905,
    perPound: 70,
    perZone: 55,
    days: 1,
    zonesADay: 2,
  },
  {
    carrier: 'UPS',
    name: '2nd Day Air',
    shippoToken: 'ups_second_day_air',
    easypostCarrier: 'UPSDAP',
    easypostService: '2ndDayAir',
    base: 1760,
    perPound: 195,
    perZone: 120,
    days: 2,
    zonesADay: 9,
  },
  {
    carrier: 'UPS',
    name: 'Next Day Air Saver',
    shippoToken: 'ups_next_day_air_saver',
    easypostCarrier: 'UPSDAP',
    easypostService: 'NextDayAirSaver',
    base: 3390,
    perPound: 280,
    perZone: 260,
    days: 1,
    zonesADay: 9,
  },
  {
    carrier: 'FedEx',
    name: 'Ground',
    shippoToken: 'fedex_ground',
    easypostCarrier: 'FedEx',
    easypostService: 'FEDEX_GROUND',
    base: 931,
    perPound: 74,
    perZone: 52,
    days: 1,
    zonesADay: 2,
  },
  {
    carrier: 'FedEx',
    name: '2Day',
    shippoToken: 'fedex_2_day',
    easypostCarrier: 'FedEx',
    easypostService: 'FEDEX_2_DAY',
    base: 1895,
    perPound: 188,
    perZone: 130,
    days: 2,
    zonesADay: 9,
  },
]

/** From 1, next door, to 8, across the country, by the first digits of two US postal codes; 8 where one is missing. */
export function zoneBetween(from: string | undefined, to: string | undefined): number {
  const [a, b] = [from, to].map((code) => (code && /^\d{5}/.test(code) ? Number(code.slice(0, 2)) : undefined))
  return a === undefined || b === undefined ? 8 : Math.min(8, 1 + Math.ceil(Math.abs(a - b) / 12))
}

/** Price in cents and days of a service for parcels of these weights in pounds. */
export function priceOf(service: Service, zone: number, pounds: readonly number[]): { cents: number; days: number } {
  const cents = pounds.reduce(
    (sum, weight) =>
      sum + service.base + (Math.max(1, Math.ceil(weight)) - 1) * service.perPound + (zone - 1) * service.perZone,
    0,
  )
  return { cents, days: service.days + Math.floor((zone - 1) / service.zonesADay) }
}

/** Cents as the vendors write money: `"12.50"`. */
export const decimal = (cents: number): string => (cents / 100).toFixed(2)
