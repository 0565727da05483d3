import HTTPTypes
import Hummingbird
import Platform

/// `/healthz`, `/readyz`, `/metrics`, and JSON for whatever has no route.
struct OperationalRoutes {
    /// What must work for the gateway to be of use.
    let checks: [ReadinessCheck]
    /// The metrics as Prometheus text, format 0.0.4.
    let metricsText: @Sendable () -> String
    private let uptime = Uptime()

    init(checks: [ReadinessCheck], metricsText: @escaping @Sendable () -> String) {
        self.checks = checks
        self.metricsText = metricsText
    }

    func add(to router: Router<GatewayRequestContext>) {
        router.get("healthz") { _, _ in
            JSONResponse.make(.ok, uptime.report().json)
        }
        router.get("readyz") { _, _ in
            let report = await ReadinessReport.evaluate(checks)
            return JSONResponse.make(report.isReady ? .ok : .serviceUnavailable, report.json)
        }
        router.get("metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metricsText()))
            )
        }
    }
}

/// Answers in JSON when there is no route, or a handler threw an HTTP error without a body.
struct JSONErrors: RouterMiddleware {
    func handle(
        _ request: Request,
        context: GatewayRequestContext,
        next: @concurrent (Request, GatewayRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.body == nil && error.status == .notFound {
            return JSONResponse.error(.notFound, "not_found", "there is nothing at this path")
        }
    }
}
