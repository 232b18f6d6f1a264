import { run } from '@cartly/service'
import { createGateway } from './create-gateway.ts'
import { readSettings } from './settings.ts'

void run('admin-gateway', async (context) => {
  const settings = readSettings()
  const gateway = await createGateway(context, settings)
  context.onShutdown(() => gateway.close())
  await gateway.listen(settings.port, settings.host)
})
