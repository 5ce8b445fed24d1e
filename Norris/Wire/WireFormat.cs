namespace Norris.Wire;

/// <summary>What the two sides of an exchange must agree on before they read each other's bytes.</summary>
internal static class WireFormat
{
    /// <summary>The media type of every content that only nodes read. The number at its end changes when the bytes do.</summary>
    public const string MediaType = "application/vnd.norris.1";

    /// <summary>The same, in bytes.</summary>
    public static ReadOnlySpan<byte> MediaTypeUtf8 => "application/vnd.norris.1"u8;

    /// <summary>The most bytes that a submission's content may have: the fixed part, and entries up to the sender's batch and one more.</summary>
    public const int SubmissionBytesMax = 512 * 1024;

    /// <summary>The most bytes that a join request's content may have.</summary>
    public const int JoinRequestBytesMax = 1024;

    /// <summary>The most bytes that a takeover's or a meeting's content may have.</summary>
    public const int TakeoverRequestBytesMax = 512;

    /// <summary>The most bytes that an acceptance's content may have; it holds every member once.</summary>
    public const int JoinAcceptedBytesMax = 64 * 1024 * 1024;
}
