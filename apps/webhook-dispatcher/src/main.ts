import { runService } from '@cartly/service'
import { readSettings } from './settings.ts'
import { WebhookDispatcherModule } from './webhook-dispatcher.module.ts'

runService('webhook-dispatcher', (context) => WebhookDispatcherModule.create(context, readSettings()))
