using Norris.Protocol.Membership;

namespace Norris.Protocol.Ordering;

/// <summary>
/// A node's word to a candidate: nothing of an earlier epoch than <paramref name="Epoch"/> is accepted any more. One epoch is promised to one
/// candidate only, so that two of them never start the same one among the same members.
/// <para>Source: the promise of Lamport, "The Part-Time Parliament", 1998; one vote a term in Ongaro and Ousterhout, 2014.</para>
/// </summary>
internal readonly record struct Promise(Epoch Epoch, MemberId Candidate)
{
    /// <summary>Whether a candidate's binding request may be granted by whoever gave this promise.</summary>
    public bool Admits(Epoch epoch, MemberId candidate) => epoch > Epoch || (epoch == Epoch && candidate == Candidate);
}
