import { expect, test } from '@jest/globals'
import { isDateTime } from './date-time.ts'

test.each([
  '2026-11-24T09:30:00Z',
  '2026-11-24T09:30:00.123456789+05:30',
  '2026-11-24t09:30:00z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59-15:59',
])('%s is a time', (text) => expect(isDateTime(text)).toBe(true))

test.each([
  '2026-11-24',
  '2026-11-24T09:30:00',
  '2026-02-30T00:00:00Z',
  '2026-11-24T24:00:00Z',
  '2016-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '2026-11-24T09:30:00+16:00',
  '2026-11-24T09:30:00-16:31',
  '2026-11-24T09:30:00-1631',
])('%s is none that all can read', (text) => expect(isDateTime(text)).toBe(false))
