import Hummingbird
import JSON

/// Meetings that end, and what apps wrote of them.
extension ControlInterface {
    func addMeetings(to sandbox: RouterGroup<SandboxContext>) {
        sandbox.get("meetings") { _, _ in answer(cloud.meetings()) }
        on(sandbox, .post, "meetings") { (body, _) throws(ControlError) in try cloud.endMeeting(body) }
        on(sandbox, .patch, "meetings/:id") { (body, id) throws(ControlError) in try cloud.changeMeeting(id, body) }
        sandbox.get("documents") { _, _ in answer(cloud.documents()) }
        sandbox.get("documents/:id") { _, context in
            guard let document = cloud.document(context.parameters.get("id") ?? "") else {
                return refusal(.notFound("no such document"))
            }
            return answer(document)
        }
    }
}
