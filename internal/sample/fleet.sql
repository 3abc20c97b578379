CREATE TABLE configuracoes (
    chave TEXT PRIMARY KEY,
    valor TEXT
) WITHOUT ROWID;

CREATE TABLE usuarios (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    nome TEXT NOT NULL,
    email TEXT,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('admin', 'user')),
    ativo INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE frotas (
    cod_equip INTEGER PRIMARY KEY,
    descricao TEXT NOT NULL,
    placa TEXT,
    "Classe Operacional" TEXT NOT NULL,
    tipo_controle TEXT NOT NULL CHECK (tipo_controle IN ('HORAS', 'QUILÔMETROS')),
    ano INTEGER,
    valor_compra REAL,
    ativo TEXT NOT NULL DEFAULT 'ATIVO'
);

-- As the columns of the imported spreadsheet are called; it has no key.
CREATE TABLE abastecimentos (
    "Cód. Equip." INTEGER NOT NULL REFERENCES frotas (cod_equip),
    Data TEXT NOT NULL,
    "Qtde Litros" REAL NOT NULL,
    "Preço Litro" NUMERIC,
    Hod_Hor_Atual REAL,
    Safra TEXT,
    "Mês" INTEGER,
    "Classe Operacional" TEXT,
    Posto TEXT,
    Observacoes TEXT
);

CREATE TABLE manutencoes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cod_equip INTEGER NOT NULL REFERENCES frotas (cod_equip) ON DELETE CASCADE,
    data TEXT NOT NULL,
    tipo_servico TEXT NOT NULL,
    hod_hor_no_servico REAL,
    custo NUMERIC,
    oficina TEXT,
    concluida INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE componentes_regras (
    id_regra INTEGER PRIMARY KEY AUTOINCREMENT,
    classe_operacional TEXT NOT NULL,
    nome_componente TEXT NOT NULL,
    intervalo_padrao INTEGER NOT NULL,
    UNIQUE (classe_operacional, nome_componente)
);

CREATE TABLE manutencoes_componentes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cod_equip INTEGER NOT NULL REFERENCES frotas (cod_equip) ON DELETE CASCADE,
    nome_componente TEXT NOT NULL,
    data TEXT NOT NULL,
    hod_hor_no_servico REAL,
    observacoes TEXT
);

CREATE TABLE checklist_regras (
    id_regra INTEGER PRIMARY KEY AUTOINCREMENT,
    classe_operacional TEXT NOT NULL,
    titulo_checklist TEXT NOT NULL,
    turno TEXT NOT NULL,
    frequencia TEXT NOT NULL
);

CREATE TABLE checklist_itens (
    id_item INTEGER PRIMARY KEY AUTOINCREMENT,
    id_regra INTEGER NOT NULL REFERENCES checklist_regras (id_regra) ON DELETE CASCADE,
    nome_item TEXT NOT NULL
);

CREATE TABLE checklist_historico (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cod_equip INTEGER NOT NULL REFERENCES frotas (cod_equip) ON DELETE CASCADE,
    titulo_checklist TEXT NOT NULL,
    data_preenchimento TEXT NOT NULL,
    turno TEXT NOT NULL,
    status_geral TEXT NOT NULL,
    respostas TEXT CHECK (respostas IS NULL OR json_valid(respostas)),
    foto BLOB,
    usuario_id INTEGER REFERENCES usuarios (id)
);
