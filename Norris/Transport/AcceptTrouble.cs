namespace Norris.Transport;

/// <summary>Why a <see cref="Listener"/> accepts nobody for the moment.</summary>
internal enum AcceptTrouble
{
    /// <summary>As many connections are open as there may be.</summary>
    Full,

    /// <summary>The process, or the machine, has no descriptor left.</summary>
    NoDescriptors,

    /// <summary>The machine has no memory for another connection.</summary>
    NoMemory,
}
