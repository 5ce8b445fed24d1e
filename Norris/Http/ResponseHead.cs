namespace Norris.Http;

/// <summary>The status line and field section of one response, in memory which the next response on the connection reuses.</summary>
internal sealed class ResponseHead
{
    /// <summary>The status code, 100 to 599.</summary>
    public int Status { get; internal set; }

    /// <summary>The minor version: 0, or 1 for 1.1 and whatever came after it.</summary>
    public int MinorVersion { get; internal set; }

    /// <summary>The field section.</summary>
    public FieldSection Fields { get; } = new();
}
