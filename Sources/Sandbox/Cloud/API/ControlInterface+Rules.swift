import FoundationEssentials
import Hummingbird
import JSON

/// What the cloud allows and refuses: faults, tokens, scopes, frequency limits, quota, and the count of calls.
extension ControlInterface {
    func addRules(to sandbox: RouterGroup<SandboxContext>) {
        sandbox.get("faults") { _, _ in answer(cloud.faults()) }
        on(sandbox, .post, "faults") { (body, _) throws(ControlError) in try addFault(body) }
        sandbox.delete("faults") { _, _ in
            cloud.clearFaults()
            return answer(cloud.faults())
        }
        on(sandbox, .post, "tokens/rotate") { (_, _) throws(ControlError) in
            cloud.revokeTokens()
            return [:]
        }
        sandbox.get("rates") { _, _ in answer(cloud.rates.json) }
        on(sandbox, .put, "rates") { (body, _) throws(ControlError) in
            try cloud.changeRates(body)
            return cloud.rates.json
        }
        sandbox.get("quota") { request, _ in
            let app = request.uri.queryParameters["app"].map(String.init)
            return answer(cloud.quota(of: app))
        }
        on(sandbox, .put, "quota") { (body, _) throws(ControlError) in
            let limit = body["limit"]?.integer
            guard limit.map({ $0 >= 0 }) ?? true else { throw .invalid("limit must be a number from 0, or null") }
            let app = body["app"]?.string
            cloud.setQuota(limit: limit.map { Int(clamping: $0) }, of: app)
            return cloud.quota(of: app)
        }
        sandbox.get("calls") { _, _ in answer(cloud.calls()) }
        sandbox.get("calls/answers") { _, _ in answer(cloud.callsByAnswer()) }
        sandbox.delete("calls") { _, _ in
            cloud.resetCalls()
            return answer(cloud.calls())
        }
        on(sandbox, .put, "apps/:id") { (body, id) throws(ControlError) in
            try cloud.changeApp(id == "main" ? nil : id, body)
        }
    }

    /// Takes a fault; `.invalid` for one that says nothing sensible.
    private func addFault(_ body: JSONValue) throws(ControlError) -> JSONValue {
        guard let fault = try? JSONDecoder().decode(Fault.self, from: Data(body.bytes)), fault.isSound else {
            throw .invalid("a fault needs a known kind and a count or a percentage, numbers in range")
        }
        if let seed = body["seed"]?.integer { cloud.seedFaults(UInt64(bitPattern: seed)) }
        cloud.inject(fault)
        return cloud.faults()
    }
}
