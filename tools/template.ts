import { runTemplateTool } from '@cartly/templates'

// npm run template -- new|check|test|arazzo|schema: see docs/templates.md.
process.exitCode = await runTemplateTool(process.argv.slice(2))
