using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Delivery;

/// <summary>What an item of a <see cref="Transcript"/> is.</summary>
internal enum TranscriptKind
{
    /// <summary>Somebody said something.</summary>
    Message,

    /// <summary>Members came in.</summary>
    Joined,

    /// <summary>Members are gone.</summary>
    Left,

    /// <summary>Anything else that the order tells: a new name, a new host.</summary>
    Change,

    /// <summary>A line of the node's own, with no place in the order.</summary>
    Notice,

    /// <summary>Entries were missed here.</summary>
    Gap,
}

/// <summary>How far an own message has come.</summary>
internal enum OwnState
{
    /// <summary>It is somebody else's, or no message.</summary>
    None,

    /// <summary>It waits for its place.</summary>
    Waiting,

    /// <summary>It has its place, which <see cref="TranscriptItem.Sequence"/> tells.</summary>
    Ordered,

    /// <summary>Every member has it.</summary>
    Stable,

    /// <summary>It has no place and will not get one, or nobody knows; <see cref="TranscriptItem.Why"/> says more.</summary>
    NotSent,
}

/// <summary>One thing that a person at a terminal is shown. All text in it is fit for a terminal; line breaks are LF.</summary>
internal sealed record TranscriptItem
{
    /// <summary>What it is.</summary>
    public required TranscriptKind Kind { get; init; }

    /// <summary>When, on the network's clock; <see cref="Timestamp.Zero"/> when it has no time.</summary>
    public Timestamp Time { get; init; }

    /// <summary>Its place in the order; none when it has none.</summary>
    public SequenceNumber Sequence { get; init; }

    /// <summary>Who said it; nobody when it is no message.</summary>
    public MemberId Author { get; init; }

    /// <summary>The author's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What was said, or what happened. Of <see cref="TranscriptKind.Joined"/> and <see cref="TranscriptKind.Left"/>, what is said behind the names.</summary>
    public required string Text { get; init; }

    /// <summary>The names of those who joined or left; otherwise empty.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>How far an own message has come.</summary>
    public OwnState Own { get; init; }

    /// <summary>Why an own message was not sent; otherwise empty.</summary>
    public string Why { get; init; } = "";

    /// <summary>Whether somebody else said this node's name.</summary>
    public bool IsMention { get; init; }
}
