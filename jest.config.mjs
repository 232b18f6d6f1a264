/** Tests run against the sources (export condition `@cartly/source`); levels are in the file names: unit, int, e2e, faults. */
const level = process.env.TEST_LEVEL
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@cartly/source', 'node', 'node-addons'] },
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools'],
  testMatch:
    level === 'faults'
      ? ['**/src/**/*.faults.spec.ts', '**/tools/**/*.faults.spec.ts']
      : ['**/*.unit.spec.ts', '**/*.int.spec.ts', '**/*.e2e.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/libs/[^/]+/dist', '<rootDir>/apps/[^/]+/dist', '<rootDir>/.cartly'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: './libs/testing/src/jest-global-setup.ts',
  globalTeardown: './libs/testing/src/jest-global-teardown.ts',
  testTimeout: 30_000,
  maxWorkers: 2,
}
