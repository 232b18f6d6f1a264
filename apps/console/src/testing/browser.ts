import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Only what is on this machine is asked for: a Chromium that looks for updates waits long where there is no network. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @throws Error that says how to install Chromium, where there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((place) => place !== undefined && existsSync(place))
  if (!executablePath) {
    throw new Error(
      `There is no Chromium at ${places.filter(Boolean).join(', ')}.\n` +
        '  → apt-get install -y chromium, or name another with CHROMIUM_PATH',
    )
  }
  return chromium.launch({ executablePath, args: quiet })
}
