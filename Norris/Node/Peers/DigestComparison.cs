using Norris.Protocol.Ordering;

namespace Norris.Node.Peers;

/// <summary>What comparing another node's order with this one's showed.</summary>
internal enum DigestVerdict
{
    /// <summary>This is the node itself.</summary>
    Own,

    /// <summary>Up to there both have the same entries in the same order.</summary>
    Same,

    /// <summary>They have not: the promise is broken.</summary>
    Different,

    /// <summary>This node's log does not reach to where the other one is.</summary>
    NotComparable,

    /// <summary>The other node gave no answer that can be understood.</summary>
    NoAnswer,
}

/// <summary>One node's order, compared.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Verdict">How it compares.</param>
/// <param name="At">Up to which entry.</param>
/// <param name="Digest">Of everything up to there, at that node.</param>
/// <param name="Failure">Why there is no answer; otherwise empty.</param>
internal sealed record DigestComparison(string Name, DigestVerdict Verdict, SequenceNumber At, Digest Digest, string Failure = "");
