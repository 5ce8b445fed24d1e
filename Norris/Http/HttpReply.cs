namespace Norris.Http;

/// <summary>A whole response, or the reason why there is none.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Status">The status, once a head was read; 0 before.</param>
/// <param name="Content">The content.</param>
/// <param name="Headers">The header section, valid until the next request to the same origin.</param>
internal readonly record struct HttpReply(RequestOutcome Outcome, int Status, ReadOnlyMemory<byte> Content, FieldSection Headers)
{
    /// <summary>Whether the server answered with a status of success (2xx).</summary>
    public bool IsSuccess => Outcome == RequestOutcome.Answered && Status is >= 200 and < 300;
}
