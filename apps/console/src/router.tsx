import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { PageError } from './shell/page-error.tsx'
import { Shell } from './shell/shell.tsx'
import { PageLoading } from './ui/page-loading.tsx'

/** Each page is a script of its own, fetched when it is first opened; a page's module exports it as `Component`. */
const pages: RouteObject[] = [
  { index: true, element: <Navigate to="integrations" replace /> },
  { path: 'integrations', lazy: () => import('./integrations/integrations-page.tsx') },
  { path: 'integrations/new/:slug', lazy: () => import('./setup/install-page.tsx') },
  { path: 'integrations/custom', lazy: () => import('./setup/custom-page.tsx') },
  { path: 'integrations/:connectorId/setup/:step?', lazy: () => import('./setup/setup-page.tsx') },
  { path: 'integrations/:connectorId/mappings/:mapping', lazy: () => import('./mapping/mapping-page.tsx') },
  { path: 'integrations/:connectorId/:tab?', lazy: () => import('./connector/connector-page.tsx') },
  { path: 'executions/:executionId', lazy: () => import('./execution/execution-page.tsx') },
  { path: 'webhooks', lazy: () => import('./webhooks/webhooks-page.tsx') },
  { path: 'webhooks/new', lazy: () => import('./webhooks/new-webhook-page.tsx') },
  { path: 'webhooks/:endpointId/edit', lazy: () => import('./webhooks/edit-webhook-page.tsx') },
  { path: 'webhooks/:endpointId/:tab?', lazy: () => import('./webhooks/webhook-page.tsx') },
  { path: 'deliveries/:deliveryId', lazy: () => import('./webhooks/delivery-page.tsx') },
  { path: 'activity/:tab?', lazy: () => import('./activity/activity-page.tsx') },
  { path: '*', lazy: () => import('./shell/nothing-here.tsx') },
]

export const router = createBrowserRouter([
  {
    errorElement: <PageError />,
    hydrateFallbackElement: <PageLoading />,
    children: [
      { index: true, lazy: () => import('./shell/choose-store-page.tsx') },
      {
        path: 'stores/:storeId',
        element: <Shell />,
        children: [{ errorElement: <PageError />, children: pages }],
      },
      { path: '*', lazy: () => import('./shell/nothing-here.tsx') },
    ],
  },
])
