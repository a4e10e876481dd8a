// Built by ame_explore/widgets/js/build.js; sources: sha256 ca492893798a4fc47497acb898930ca1979e149d26ac96bddc3046961ff369c8
"use strict";(()=>{var X=new Set(["svg","path"]),_={text:"textContent",value:"value",checked:"checked"};function d(t,o={},...a){let c=X.has(
t)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(c,t);i.append(...a.flat(1/0).filter(
n=>n!=null&&n!==!1));for(let[n,u]of Object.entries(o))u==null||u===!1||(n.startsWith("on")?i.addEventListener(n.slice(2),
u):n in _?i[_[n]]=u:i.setAttribute(n,u===!0?"":String(u)));return i}var A=t=>!t.some(o=>o.customdata);function B(t,o,a){if(t.meta?.role==="places")return[];let c=a?o:t.customdata?.[o];return(typeof c==
"object"&&c!==null?Array.from(c):[c]).filter(n=>typeof n=="number"&&Number.isInteger(n)).map(Number)}function P(t,o){let a=A(
o);return[...new Set((t?.points??[]).flatMap(({fullData:c,pointNumber:i})=>B(c,i,a)))]}var R=t=>(t.customdata?.length??0)>0&&t.meta?.role!=="places";function q(t,o){return t.mode==="lines"||t.meta?.role?0:(o?
t.x:t.customdata)?.length??0}function K(t,o,a){let c=[],i=o.size?q(t,a):0;for(let n=0;n<i;n++)B(t,n,a).some(u=>o.has(u))&&
c.push(n);return c}function Y(t,o,a){let c=K(o,a,!1),i=c.length>400?[]:c,n=p=>i.flatMap(h=>[p?.[3*h]??null,p?.[3*h+1]??null,
null]),u=Math.max(.12,Math.min(1,2/Math.sqrt(i.length||1)));return{x:n(t.x),y:n(t.y),opacity:u}}function U(t,o){let a=new Map,
c=A(t);return t.forEach((i,n)=>{let u=i.meta?.role;if(u==="lit")a.set(n,Y(t[n-1],t[n+1],o));else{if(i.visible===!1)return;
u==="segments"?a.set(n,{opacity:o.size?.3:1}):q(i,c)&&a.set(n,{selectedpoints:o.size?K(i,o,c):null})}}),a}function F(t,o,a){
let c=(i,n)=>n.selectedpoints!==void 0?a&&o[i].visible!=="legendonly":n.x?.length===0&&!((o[i].x?.length??0)>0);return new Map(
[...t].filter(([i,n])=>!c(i,n)))}function G(t){let o=[...t.values()],a=[...new Set(o.flatMap(c=>Object.keys(c)))];return[
Object.fromEntries(a.map(c=>[c,o.map(i=>i[c])])),[...t.keys()]]}var C=50,J=160;function Z(t){return t===null?"–":typeof t=="string"?t.length>J?`${t.slice(0,J-1)}…`:t:(Number.isInteger(
t)?String(t):t.toFixed(3)).replace(/^-/,"−")}function W(t){return typeof t!="string"?String(t??""):`"${(/^[=+\-@\t\r]/.
test(t)?"'"+t:t).replaceAll('"','""')}"`}function tt({what:[t,o],of:a,others:c,called:i},n,u,p){let h=a&&`, as ${a} has ${n===
1?"it":"them"}`,O=n===0?`No ${t} selected. Click a point or a row, or draw a lasso (its button is at the top right of a \
figure).`:`${n.toLocaleString("en")} ${n===1?t:o} selected${h}${n>C?`, the first ${C} listed.`:"."}`,k=u.length===1?[`Th\
e ${t} ${i[u[0]]??u[0]} is only in ${c}, and not listed here.`]:u.length?[`${u.length.toLocaleString("en")} more are onl\
y in ${c}, and not listed here.`]:[];return p&&k.push("To click a point within the outline, change to zoom or pan first,\
 or press Clear."),[O,...k]}function et(t,o,a){if(!a)return new Set(o);let c=new Set(t);for(let i of new Set(o))c.delete(
i)||c.add(i);return c}function H(t,o,a){let{ids:c,columns:i,pictures:n,others:u}=t,p=new Map(c.map((s,l)=>[s,l])),h=document.
getElementById("panel"),O=h.querySelector("output"),k=h.querySelector(".rows"),L=s=>h.querySelector(`[data-do=${s}]`),I=[
...document.querySelectorAll("tr[data-ids]")].map(s=>({row:s,mine:(s.dataset.ids??"").split(" ").map(Number)})),S=Object.
keys(i),D=Object.fromEntries(S.map(s=>{let l=e=>i[s].some(e);return[s,l(e=>typeof e=="number")?"number":l(e=>typeof e=="\
string"&&e.length>24)?"words":""]})),M=(s,l)=>i[s][p.get(l)??-1]??null,m=new Set,$=null,w=[],x=0,T=s=>s.layout.selections?.
length>0;function V(){let s=[...m].slice(0,C),l=s.some(r=>n[r]),e=r=>d("td",{},n[r]&&d("img",{src:n[r],alt:`image ${r}`}));
return d("table",{},d("thead",{},d("tr",{},l&&d("th",{},"image"),d("th",{},"id"),S.map(r=>d("th",{class:D[r]==="number"&&
"number"},r)))),d("tbody",{},s.map(r=>d("tr",{},l&&e(r),d("td",{},String(r)),S.map(f=>d("td",{class:D[f]},Z(M(f,r))))))))}
function N(s,l){let[e,...r]=tt(t,m.size,s,l);O.replaceChildren(e,...r.map(f=>d("small",{},f)))}function b(s,l=[]){N(l,!!s);
for(let e of["save","clear"])L(e).disabled=m.size===0;k.replaceChildren(...m.size?[V()]:[]);for(let{row:e,mine:r}of I){let f=r.
some(g=>m.has(g));e.classList.toggle("chosen",f),e.setAttribute("aria-selected",String(f))}if(!s)return j();setTimeout(j,
0,s)}function j(s){x+=1;let l=w.map(e=>{let r=e._fullData,[f,g]=G(F(U(r,m),r,e===s)),Q=e!==s&&T(e)?{selections:[]}:{};return g.
length?o.update(e,f,Q,g):null});Promise.all(l).finally(()=>{x-=1,document.documentElement.dataset.chosen=String(m.size)})}
function y(s,l,e){let r=s.filter(g=>p.has(g)),f=u?s.filter(g=>!p.has(g)):[];if(f.length&&!r.length&&!e)return N(f,w.some(
T));m=et(m,r,l),b(e,f)}a.then(s=>{w=s.filter(l=>l._fullData.some(e=>e.visible!==!1&&R(e)));for(let l of w){let e=r=>P(r,
l._fullData);l.on("plotly_selected",r=>{if(!(!r||x)){if($?.figure!==l)return y(e(r),!1,l);setTimeout(y,0,[...$.ids,...e(
r)],!1)}}),l.on("plotly_deselect",()=>{x||y([],!1)}),l.on("plotly_click",r=>y(e(r),!!r?.event?.shiftKey)),l.on("plotly_b\
uttonclicked",()=>setTimeout(b)),l.on("plotly_restyle",()=>{x||setTimeout(b)})}b(),document.documentElement.dataset.linked=
String(w.length)}),addEventListener("mousedown",s=>{let l=w.find(e=>e.contains(s.target));$=s.shiftKey&&m.size&&l&&!T(l)?
{figure:l,ids:[...m]}:null},!0);for(let{row:s,mine:l}of I)s.addEventListener("mousedown",e=>{e.shiftKey&&e.preventDefault()}),
s.addEventListener("click",e=>y(l,e.shiftKey)),s.addEventListener("keydown",e=>{e.key!=="Enter"&&e.key!==" "||(e.preventDefault(),
y(l,e.shiftKey))});L("clear").addEventListener("click",()=>y([],!1)),L("save").addEventListener("click",()=>{let s=[["id",
...S].map(W),...[...m].map(r=>[String(r),...S.map(f=>W(M(f,r)))])],l=new Blob([s.map(r=>r.join(",")).join(`\r
`)],{type:"text/csv"}),e=d("a",{href:URL.createObjectURL(l),download:"selection.csv"});e.click(),setTimeout(()=>URL.revokeObjectURL(
e.href),1e3)}),b()}var{Plotly:E}=globalThis,v=document.getElementById("linked-data"),nt=v?["autoScale2d"]:["lasso2d","select2d","autoScale2\
d"],z=[];for(let t of document.querySelectorAll(".figure-data")){let o=t.dataset.for??"",{data:a,layout:c}=JSON.parse(t.
textContent??""),i=document.getElementById(o),u={responsive:!0,displaylogo:!1,showSendToCloud:!1,modeBarButtonsToRemove:nt,
toImageButtonOptions:{format:"png",scale:2,filename:o}};z.push(E.newPlot(i,a,c,u).then(()=>i))}Promise.all(z).then(t=>{document.
documentElement.dataset.drawn=String(t.length),addEventListener("beforeprint",()=>t.forEach(o=>E.relayout(o,{width:1200,
autosize:!1}))),addEventListener("afterprint",()=>t.forEach(o=>E.relayout(o,{width:null,autosize:!0})))});v&&H(JSON.parse(
v.textContent??""),E,Promise.all(z));})();
