/// Words and characters that hold sentences together and say nothing of their subject.
package enum StopWords {
    /// Characters a pair of terms does not run across.
    package static let chinese = Set(
        "的了是我你他她它们这那就也都和与或及而着吗呢吧啊呀嗯哦唉哈嘛呃之其于被很又没不有".unicodeScalars
    )

    package static let english = Set(
        """
        a about above after again all also am an and any are as at be because been before being below between both but by \
        can cant could couldnt did didnt do does doesnt doing dont down during each few for from further get gets going \
        gonna got had has have having he her here hers him his how i if ill im in into is isnt it its ive just kind know \
        lets like lot may maybe me might more most much must my no nor not now of off oh ok okay on once only or other our \
        ours out over own please quite rather really right said same say she should so some sort such than thanks that thats \
        the their them then there theres these they theyre thing things think this those through to too uh um under until up \
        us very want was wasnt we well were weve what whats when where which while who whom why will with wont would yeah \
        yep yes you your youre yours actually alright anything back basically bit case cause chair come every everything fine \
        give good great guess hmm hon idea keep let look looks lot made make maybe mean mm mr mrs ms much new nothing number one \
        part people point put quite see seems something still stuff sure take talk talking tell thank thanks three today two \
        way whatever work wanna yet
        """.split(separator: " ").map(String.init)
    )
}
