/**
 * For how long `work` keeps this thread from everything else at the most, in milliseconds of the thread's own CPU: what
 * other processes take of the machine does not count.
 */
export async function longestStall(work: () => unknown): Promise<number> {
  const cpu = (): number => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1_000
  }
  let longest = 0
  let over = false
  let before = cpu()
  const look = (): void => {
    const now = cpu()
    longest = Math.max(longest, now - before)
    before = now
    if (!over) setImmediate(look)
  }
  setImmediate(look)
  try {
    await work()
  } finally {
    over = true
    look()
  }
  return longest
}
